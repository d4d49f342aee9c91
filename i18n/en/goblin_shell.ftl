# The shell: bar, launcher, notifications.

launcher = Applications
close-window = Close { $title }
window-untitled = Untitled window
desktop-lost = Windows not known since { $since }

# The lights of the bar. $since is a time, $name the name of a part.
mirror = Mirror
mirror-starting = Mirror starting
mirror-stopped = Mirror stopped
mirror-down = Mirror silent since { $since }
mirror-unknown = Mirror not yet known
subsystems = Subsystems
subsystems-starting = Subsystems: { $name } starting
subsystems-failed = Subsystems: { $name } failed
subsystems-down = Subsystems silent since { $since }
subsystems-unknown = Subsystems not yet known
part-desktop = Desktop
part-shell = Shell
part-panels = Panels
part-bus = Message bus

# The launcher.
search-hint = Search
panel-storage = Storage
panel-storage-note = Spaces of the mirror, files, free space
panel-sync = Sync
panel-sync-note = Who wrote what, and when
panel-subsystems = Subsystems
panel-subsystems-note = What runs here; start, stop, logs
nothing-found = Nothing called “{ $text }”
nothing-found-hint = Try fewer letters, or a word for what it does.
reading-apps = Looking for installed applications…

# What goblin itself has to say. $name is the name of a part, $cause why in one line.
close-notification = Dismiss
critical = Important
question = Question
open-subsystems = Show subsystems
part-restarting = { $name } stopped and is started again
part-failed = { $name } has failed and stays stopped
part-back = { $name } runs again
part-back-after = It had stopped: { $cause }
mirror-lost = The mirror does not answer
mirror-lost-hint = Your files are safe; they can be read again when it is back.
mirror-back = The mirror answers again
config-fault = The configuration has a fault; what was in force stays so
order-failed = That did not work
cannot-start = { $name } could not be started: { $cause }
cannot-window = The window could not be changed: { $cause }
cannot-panel = { $name } could not be opened: { $cause }

# A selection that would go from one domain to another. $from has it and $to wants it: each is one of
# the two below. $what is a list of kinds of data.
domain-board = this computer
domain-subsystem = “{ $name }”
selection-clipboard = { $to } wants to paste from { $from }
selection-primary = { $to } wants what is marked in { $from }
selection-drag = Something was dragged from { $from } into { $to }
selection-what = { $what }
selection-hint = Always: until the session ends. Without an answer it gets nothing.
selection-hint-drag = After a yes, drag it again. Always: until the session ends.
selection-once = Once
selection-allow = Always
selection-deny = Deny
list-comma = {", "}
type-text = text
type-html = formatted text
type-image = an image
type-files = names of files
cannot-answer = The answer was not taken: { $cause }

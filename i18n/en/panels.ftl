# The panels: storage, sync, subsystems.

storage = Storage
sync = Sync
subsystems = Subsystems

## All panels

asking = Asking…
refused = The order was refused
understood = Understood
cancel = Cancel
needs-mirror = This needs the mirror, which does not answer.
restart-mirror = Restart the mirror
start-mirror = Start the mirror
mirror-stopped = The mirror was stopped.
mirror-starting = The mirror is starting.
mirror-stopping = The mirror is stopping.
mirror-again = The mirror died ({ $cause }) and is started again at { $at }.
mirror-failed = The mirror has failed: { $cause }.

## Storage

new-space = New space
space-name = Name of the space
create = Create
name-not-free = A space needs a name that no other space has, without a slash or a dot in front.
disk = Disk of the mirror
free = { $size } free
disk-used = Disk, { $share } used
disk-note = { $used } of { $total } used · measured { $when }
data = Your data
files = { $count ->
    [one] { $shown } file
   *[other] { $shown } files
}
last-change = last change { $when }
no-change-yet = Nothing has been written yet
spaces = Spaces
no-spaces = No spaces yet
no-spaces-hint = A space is a place for files that are kept, shared and brought back together. Make one to begin.
listing = Listing…
not-listed = This folder cannot be listed
folder-empty = This folder is empty
folder-empty-hint = Put a file here with: goblin put FILE { $path }/
name = Name
size = Size
changed = Changed

## Sync

last-change-was = Last change { $when }
in-touch = In touch with the mirror since { $since }
activity = Activity
activity-until = Activity until { $when }
all-spaces = All spaces
changes = { $count ->
    [one] { $shown } change
   *[other] { $shown } changes
}
no-activity = Nothing has happened yet
no-activity-hint = Every file that is written, renamed or removed is listed here as it happens, with who did it.
did-create = Created
did-change = Changed
did-folder = Folder made
did-rename = Renamed
did-remove = Removed
did-space = Space made
did-end-space = Space ended
by = by { $user }
by-program = by { $user } with { $program }

## Subsystems

state-stopped = Stopped
state-waiting = Waiting
state-starting = Starting
state-running = Running
state-stopping = Stopping
state-backoff = Died, will be started again
state-failed = Failed
state-since = { $state } · { $since }
waiting-for = { $state } for { $what }
again-at = { $state } at { $at }
start = Start
stop = Stop
restart = Restart
runs-already = It runs already.
runs-not = It does not run.
order-under-way = An order is being carried out.
process = Process
no-process = none
since = Since
restarts = Restarts
starts = Starts
on-demand = When asked
with-session = At the start
last-failure = Last failure, overcome since
failed-at = { $when }: { $cause }
last-words = Its last words: { $line }
log = Log
nothing-runs = Nothing runs here
nothing-runs-hint = The manager of this session knows of no subsystem. It was started with none.
log-of = Log of { $name }

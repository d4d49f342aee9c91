# Words of the design system, used by every program.

just-now = just now
seconds-ago = { $count } s ago
minutes-ago = { $count } min ago
hours-ago = { $count } h ago
days-ago = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}

copy-as-command = Copy as command

# A tree (a service) that does not answer. $what is its path, $since a time in words.
unreachable-title = { $what } is out of reach
unreachable-since = No answer since { $since }. The figures return by themselves when it answers.
unreachable-never = It has not answered yet. The figures come by themselves when it does.

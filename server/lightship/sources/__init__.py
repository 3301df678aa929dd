"""Where evidence comes in: nothing else reads or writes files, or opens a socket."""

"""Pages of the queue, a module for each: import the module and call what it names (`queue.show`, `task.show`)."""

"""How the bundled encoder `vit_tiny` was trained: scenes, loss, loop and evaluation, re-runnable."""

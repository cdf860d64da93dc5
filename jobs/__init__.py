"""Work that takes longer than a page may: done by workers, with progress, exactly once."""

"""Everything that writes: harvest, import, announcements, index, schedule, command line."""

"""Mail programs of Debian that show what Glassdome marked."""

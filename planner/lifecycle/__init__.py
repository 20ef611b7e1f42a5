"""Life cycle: impact categories of a plan, who bears them, and files for programs of life cycle assessment."""

"""Part of Cellar: the plugins that ship with it, one file each."""

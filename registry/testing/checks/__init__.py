"""What a plugin is held against, a module for each part of the contract. Each check yields faults in words: what is
wrong, where, and how to mend it.
"""

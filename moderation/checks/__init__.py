"""What screening looks for, one module per matter: a Reading in, Marks out. All of it is pure.

Every pattern is bounded, so that no text makes it slow; tests/test_screening_speed.py tries.
"""

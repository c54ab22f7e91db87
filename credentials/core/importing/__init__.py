"""Importing a file of rows, for every family: it gives a `RowDescription`, the rest is here.

A first pass reads and checks every row, and keeps what it read; a second one applies what was kept,
so that what was checked is what is applied, whatever becomes of the file meanwhile.
"""

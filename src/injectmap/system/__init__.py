"""The machine the program runs on: its folders, its clock, its log, and the files a clinic may edit."""

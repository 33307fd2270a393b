"""What leaves the program: the printed record as PDF and pictures, and maps as SVG."""

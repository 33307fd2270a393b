"""What a treatment is: values and rules without any input or output."""

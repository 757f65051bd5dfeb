"""What is done to ways to sign in, and to systems that sign in with us. Each writes the trail with it."""

"""What the bureau does with notices and opinion letters, each call one transaction."""

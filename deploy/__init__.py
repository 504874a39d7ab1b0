"""What an operator deploys: manifests, and what the image is built of."""

"""Proves the Terraform of this repository: `python -m terraform_check`, or `make check-terraform`."""

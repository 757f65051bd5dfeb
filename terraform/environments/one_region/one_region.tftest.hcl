# With the values of the example: terraform test -var-file=terraform.tfvars.example
mock_provider "aws" {
  source = "../../mocks"
}

run "the_example_can_be_planned" {
  command = plan

  assert {
    condition     = module.region.bucket == var.bucket
    error_message = "The bucket has another name."
  }
}

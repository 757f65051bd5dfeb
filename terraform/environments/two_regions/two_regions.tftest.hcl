# With the values of the example: terraform test -var-file=terraform.tfvars.example
mock_provider "aws" {
  source = "../../mocks"
}

mock_provider "aws" {
  alias  = "second"
  source = "../../mocks"
}

run "objects_of_each_province_and_of_all_others_are_replicated" {
  command = plan

  assert {
    condition = toset([for rule in aws_s3_bucket_replication_configuration.this.rule : rule.filter[0].prefix]) == toset(
      concat([for code in var.provinces : "${code}/"], [""])
    )
    error_message = "Somebody's objects stay behind."
  }

  assert {
    condition     = length(distinct(aws_s3_bucket_replication_configuration.this.rule[*].priority)) == length(var.provinces) + 1
    error_message = "Two rules of one priority: which key objects get would be chance."
  }
}

run "one_region_twice_is_refused" {
  command         = plan
  expect_failures = [var.second_region]

  variables {
    second_region = "cn-north-1"
  }
}

run "the_same_addresses_twice_are_refused" {
  command         = plan
  expect_failures = [var.second_cidr]

  variables {
    second_cidr = "10.20.0.0/16"
  }
}

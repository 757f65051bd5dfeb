mock_provider "aws" {
  source = "../../mocks"
}

variables {
  bucket    = "czj-objects"
  provinces = ["gx", "gd"]
}

run "each_province_has_a_key_and_all_others_share_one" {
  command = plan

  assert {
    condition     = toset(keys(aws_kms_key.owner)) == toset(["gx", "gd", "others"])
    error_message = "A key is missing, or one too many."
  }

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled
    error_message = "Without object lock evidence can be overwritten."
  }
}

run "old_versions_end_for_what_can_be_made_again_and_for_nothing_else" {
  command = plan

  assert {
    condition = toset([
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.filter[0].prefix
      if length(rule.noncurrent_version_expiration) > 0
    ]) == toset(["gx/bundle/", "gx/view/", "gx/thumb/", "gd/bundle/", "gd/view/", "gd/thumb/"])
    error_message = "Versions of originals would end."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.expiration) == 0])
    error_message = "Current versions would end."
  }
}

run "what_is_no_province_code_is_refused" {
  command         = plan
  expect_failures = [var.provinces]

  variables {
    provinces = ["gx", "../gd"]
  }
}

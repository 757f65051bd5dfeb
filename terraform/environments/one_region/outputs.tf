output "region" {
  description = "What the chart and whoever fills the secrets need: see modules/region/outputs.tf"
  value       = module.region
}

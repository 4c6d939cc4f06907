-- Health of a TelecomPipeline for Argo CD: resource.customizations.health.telecom.dev_TelecomPipeline in argocd-cm.
local health = {status = "Progressing", message = "the operator has not looked at it yet"}
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "the operator has not seen the last change yet"
  return health
end
local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end
local function is_true(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end
if is_true("Degraded") then
  return {status = "Degraded", message = conditions.Degraded.message}
end
if is_true("Paused") then
  return {status = "Suspended", message = conditions.Paused.message}
end
if is_true("Ready") then
  return {status = "Healthy", message = conditions.Ready.message}
end
if obj.status.stage == "Suspended" then
  return {status = "Suspended", message = "sources and sink are stopped"}
end
if conditions.Ready ~= nil then
  health.message = conditions.Ready.message
end
return health

{{- define "telecom-operator.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "telecom-operator.selector" -}}
app.kubernetes.io/name: telecom-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "telecom-operator.labels" -}}
{{ include "telecom-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: telecom-lakehouse
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

"""A case as a workbook: template and questionnaire, export, and import with every fault by sheet and cell."""

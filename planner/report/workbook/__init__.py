"""The workbook of a plan: formatted sheets with live totals and a live cash flow."""

"""What leaves the panel as a sheet: described once (sheet.py), written as a workbook (xlsx.py) or as pages to print."""

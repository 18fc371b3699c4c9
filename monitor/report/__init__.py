"""Trends, the HTML report and tabular exports, pure: rows of the views in, bytes out.

    ReportData -> reading (types, windows) -> trends (counts, shares)
                                           -> figures, stories, claims (what the page shows) -> html
                                           -> tables (CSV, XLSX, Parquet, dictionary, manifest)

`monitor.report.build.build_report` puts the files together; the pipeline writes them.
"""

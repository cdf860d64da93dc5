"""One reseller in one file: made, checked and restored, also in another installation.

The file is a gzipped tar with nothing but regular members, in this order:

- `manifest.json`: what the file is, whose it is, and which migrations and tables it holds
- `tables/<table>.<number>`: the rows, as `COPY` writes them in the order of their keys, cut into
  parts of at most four megabytes
- `seal.json`: how many rows each table has and its SHA-256, where the sequences stand, and a
  signature by the key of the installation that made the file

Nothing in the file is ever run or unpacked to disk: schemas are made by this code's migrations, and
the rows go from the file to the database. Memory does not grow with the file.
"""

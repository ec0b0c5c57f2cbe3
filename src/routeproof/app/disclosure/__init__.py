"""Reports that the law asks for, ours and everybody's: read, made, signed, restated."""

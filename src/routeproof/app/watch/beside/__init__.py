"""The process beside a watch: what arrived goes into the lake, and final findings into cases."""

"""Processes beside a watch: one keeps the FIX sessions, one takes what arrived into the lake and works cases."""

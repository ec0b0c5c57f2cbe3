"""The filled demo: people, their accounts, and a firm's half year told through the same steps that people take."""

"""简体中文; docs/glossary.zh.md says which word stands for which."""

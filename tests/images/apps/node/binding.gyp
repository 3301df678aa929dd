{ "targets": [{ "target_name": "answer", "sources": ["src/answer.cc"] }] }

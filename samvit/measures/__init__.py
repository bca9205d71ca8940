"""What can be measured in a trace: functions from tensors to tensors, one file a subject. Views lay them out."""

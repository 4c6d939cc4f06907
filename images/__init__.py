"""Container images: archives packed without a container engine, and Dockerfiles for those who have one."""

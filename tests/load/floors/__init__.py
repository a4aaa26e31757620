"""What nothing on this machine can be faster than, served as the service is (gunicorn.conf.py)."""

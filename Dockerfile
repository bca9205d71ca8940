# docker build -t sam-explorer . && docker run -p 7860:7860 sam-explorer     (see docs/deploy.md)
FROM python:3.12-slim

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu --requirement requirements.txt
COPY app.py README.md ./
COPY samvit samvit
COPY viz viz

RUN useradd --create-home explorer
USER explorer
ENV GRADIO_ANALYTICS_ENABLED=False
EXPOSE 7860
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz')"]
ENTRYPOINT ["python", "app.py", "--host", "0.0.0.0", "--port", "7860"]

"""Model servers with OpenAI's HTTP interface: vLLM, llama.cpp, LM Studio, Ray Serve."""

from glassdome.integrations.openai_server.model import OpenAiServer

__all__ = ["OpenAiServer"]

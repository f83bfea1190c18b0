"""Makes a language model of random weights: a real GGUF file that llama.cpp loads, and answers nonsense with.

Held to a schema its answers have the right shape and absurd content, which is what validation has to survive. The
quotation mark is made likely, so that strings end; nothing else is learned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

__all__ = ["make_tiny_gguf"]

_WIDTH: Final = 64
_LAYERS: Final = 2
_HEADS: Final = 2
_INNER: Final = 128
_SPECIAL: Final = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
_TEMPLATE: Final = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tiny_gguf(path: Path, *, seed: int = 1, context: int = 16_384, end_bonus: float = 3.0) -> Path:
    """Write the model (about half a megabyte) and return its path. Needs the package `gguf`.

    `end_bonus` is how much likelier a quotation mark is than other characters: 3 for answers drawn at a temperature,
    6 for the likeliest answer, whose strings would not end otherwise.
    """
    import gguf

    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), "llama")
    tokens = _describe(writer, context)
    _weigh(writer, random, tokens, end_bonus)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: Any, context: int) -> list[str]:
    printable = [chr(c) for c in range(33, 127)] + ["\u2581"]
    tokens = [*_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *printable]
    # gguf.TokenType: 1 normal, 2 unknown, 3 control, 6 byte
    kinds = [2, 3, 3, 3, 3] + [6] * 256 + [1] * len(printable)
    scores = [0.0] * len(_SPECIAL) + [-1000.0] * 256 + [-float(n + 1) for n in range(len(printable))]
    writer.add_name("random")
    writer.add_context_length(context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(0)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(_TEMPLATE)
    return tokens


def _weigh(writer: Any, random: np.random.Generator, tokens: list[str], end_bonus: float) -> None:
    def noise(*shape: int, size: float = 0.05) -> Any:
        return (random.standard_normal(shape) * size).astype(np.float32)

    embedding, output = noise(len(tokens), _WIDTH), noise(len(tokens), _WIDTH, size=0.4)
    # One direction is common to all tokens, so that a weight on it is a constant bonus for a token.
    embedding[:, 0] = 1.0
    output[:, 0] = 0.0
    output[tokens.index('"'), 0] = end_bonus
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, np.float32))
    writer.add_tensor("output.weight", output)
    for number in range(_LAYERS):
        place = f"blk.{number}."
        writer.add_tensor(f"{place}attn_norm.weight", np.ones(_WIDTH, np.float32))
        writer.add_tensor(f"{place}ffn_norm.weight", np.ones(_WIDTH, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{place}{name}.weight", noise(_WIDTH, _WIDTH))
        writer.add_tensor(f"{place}ffn_gate.weight", noise(_INNER, _WIDTH))
        writer.add_tensor(f"{place}ffn_up.weight", noise(_INNER, _WIDTH))
        writer.add_tensor(f"{place}ffn_down.weight", noise(_WIDTH, _INNER))

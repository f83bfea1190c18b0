"""Opens what the tools work with; imported with the first call (see `tool_context`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.desk.wiring import services_of
from glassdome.files.meaning import has_encoder
from glassdome.mcp.tool_context import ToolContext
from glassdome.pipeline.context import for_file, own_domains
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef

__all__ = ["opened"]


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[ToolContext]:
    """Yield the tool context over the database of the settings; raises what `open_app` raises.

    Nothing is watched and no job is worked on here: that is the service's business, on this or another machine.
    """
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, clock=clock))
        app.only_api()
        mail_agent = None
        if settings.imap_host or settings.smtp_host:
            # In a thread: a certificate authority of one's own is a file.
            agent = await asyncio.to_thread(
                MailcowAgent.from_settings, settings, agent_id="mcp", clock=clock, reader=app.reader
            )
            mail_agent = await stack.enter_async_context(agent)
        await warm_up()
        yield ToolContext(
            services=services_of(app),
            judge=partial(_judge, app),
            mail_agent=mail_agent,
            has_mailcow=bool(settings.mailcow_api_url),
        )


async def _judge(app: App, raw: bytes, ref: MessageRef) -> Analysis:
    settings = app.settings.current()
    context = for_file(now=app.clock.now(), ours=own_domains(settings))
    options = JudgeOptions(
        builtin=app.builtin,
        extended=app.extended,
        authserv_ids=settings.authserv_ids,
        clock=app.clock,
        files=app.files,
        meaning=has_encoder(),
    )
    return await analyze_raw(raw, ref, context, options=options)

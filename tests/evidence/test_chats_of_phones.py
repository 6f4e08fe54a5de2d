"""Chats as the messengers of phones export them: below the day, behind a name, or below a heading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clock_world import reader

Read = Callable[..., Any]

LINE = """[LINE] 桟橋当番のトーク履歴
保存日時：2031/04/03 10:12

2031/04/02(水)
23:58\tノラ ルンド\t桟橋に空きがありません
23:59\tオーレ\t"見ています
水門です"
23:59\tノラ ルンドがグループを作成しました

2031/04/03(木)
00:05\tオーレ\t水門でした
"""

LINE_ON_A_COMPUTER = """[LINE] Chat history with Quay watch
Saved on: 2031/04/03 10:12

2031.04.02 Wednesday
23:58 Nora no berth is free
23:59 Ole looking
2031.04.03 Thursday
00:05 Ole it was the lock
"""

KAKAO_ON_A_COMPUTER = """부두 당번 님과 카카오톡 대화
저장한 날짜 : 2031-04-03 10:12:00

--------------- 2031년 4월 2일 수요일 ---------------
올레님이 들어왔습니다.
[노라] [오후 11:58] 빈 선석이 없습니다
[올레] [오후 11:59] 보고 있습니다
수문입니다
--------------- 2031년 4월 3일 목요일 ---------------
[올레] [오전 12:05] 수문이었습니다
"""

KAKAO = """부두 당번 님과 카카오톡 대화
저장한 날짜 : 2031년 4월 3일 오전 10:12

2031년 4월 2일 오후 11:58, 올레님이 들어왔습니다.
2031년 4월 2일 오후 11:58, 노라 : 빈 선석이 없습니다
2031년 4월 2일 오후 11:59, 올레 : 보고 있습니다
수문입니다
2031년 4월 3일 오전 12:05, 올레 : 수문이었습니다
"""

WECHAT = """诺拉 2031-04-02 23:58:05
没有空泊位

奥勒 2031-04-02 23:59:10
在看
是水闸

奥勒 2031-04-03 00:05:00
是水闸的问题
"""

QQ = """消息记录（此消息记录为文本格式，不支持重新导入）
================================================================
消息对象:码头警报
================================================================
2031-04-02 23:58:05 诺拉(1234567)
没有空泊位

2031-04-03 00:05:00 奥勒(7654321)
是水闸的问题
"""

TELEGRAM = """Nora Lund, [13.04.2031 23:58]
no berth is free

Ole, [14.04.2031 00:05]
it was the lock
all is well
"""


@pytest.mark.parametrize(
    ("copy", "fmt", "said"),
    [
        pytest.param(
            LINE,
            "line-chat",
            [
                ("02 23:58", "ノラ ルンド", "桟橋に空きがありません"),
                ("02 23:59", "オーレ", "見ています\n水門です"),
                ("03 00:05", "オーレ", "水門でした"),
            ],
            id="LINE",
        ),
        pytest.param(
            LINE.replace("2031/04/02(水)", "Wed, 04/02/2031").replace("2031/04/03(木)", "Thu, 04/03/2031"),
            "line-chat",
            [
                ("02 23:58", "ノラ ルンド", "桟橋に空きがありません"),
                ("02 23:59", "オーレ", "見ています\n水門です"),
                ("03 00:05", "オーレ", "水門でした"),
            ],
            id="LINE, the year last",
        ),
        pytest.param(
            LINE_ON_A_COMPUTER,
            "line-chat",
            [
                ("02 23:58", "Nora", "no berth is free"),
                ("02 23:59", "Ole", "looking"),
                ("03 00:05", "Ole", "it was the lock"),
            ],
            id="LINE on a computer",
        ),
        pytest.param(
            KAKAO_ON_A_COMPUTER,
            "kakaotalk-computer",
            [
                ("02 23:58", "노라", "빈 선석이 없습니다"),
                ("02 23:59", "올레", "보고 있습니다\n수문입니다"),
                ("03 00:05", "올레", "수문이었습니다"),
            ],
            id="KakaoTalk on a computer",
        ),
        pytest.param(
            KAKAO,
            "kakaotalk",
            [
                ("02 23:58", "노라", "빈 선석이 없습니다"),
                ("02 23:59", "올레", "보고 있습니다\n수문입니다"),
                ("03 00:05", "올레", "수문이었습니다"),
            ],
            id="KakaoTalk",
        ),
        pytest.param(
            WECHAT,
            "chat-headings",
            [
                ("02 23:58", "诺拉", "没有空泊位"),
                ("02 23:59", "奥勒", "在看\n是水闸"),
                ("03 00:05", "奥勒", "是水闸的问题"),
            ],
            id="WeChat",
        ),
        pytest.param(
            QQ, "chat-headings", [("02 23:58", "诺拉", "没有空泊位"), ("03 00:05", "奥勒", "是水闸的问题")], id="QQ"
        ),
        pytest.param(
            TELEGRAM,
            "chat-headings",
            [("13 23:58", "Nora Lund", "no berth is free"), ("14 00:05", "Ole", "it was the lock\nall is well")],
            id="copied from Telegram",
        ),
    ],
)
def test_each_message_has_who_when_and_all_of_what(
    tmp_path: Path, copy: str, fmt: str, said: list[tuple[str, str, str]]
) -> None:
    """The day is the one above, whatever its language; lines below a message belong to it; who joined said nothing."""
    entries, store = reader(tmp_path)({"chat.txt": copy})
    query = "select strftime(time, '%d %H:%M'), who, text from events where kind = 'communication' order by line"

    assert store.connection.execute(query).fetchall() == said
    entry = entries["chat.txt"]
    assert (entry.format, entry.kind, entry.status) == (fmt, "messages", "ok")
    assert "no-date" not in [problem.code for problem in entry.problems]


def test_an_exports_local_time_stands_in_the_zone_in_which_it_makes_sense(tmp_path: Path) -> None:
    """As UTC the messages were written nine hours after all else; other files name +09:00."""
    log = "".join(f"2031-04-03T08:{n:02}:05+09:00 ERROR [quay] no berth is free\n" for n in range(40))
    copy = LINE.replace("23:5", "08:0").partition("2031/04/03(木)")[0].replace("2031/04/02(水)", "2031/04/03(木)")
    _, store = reader(tmp_path)({"chat.txt": copy, "quay.log": log})

    assert store.connection.execute(
        "select min(strftime(time, '%d %H:%M')) from events where path = 'chat.txt'"
    ).fetchall() == [("02 23:08",)]


def test_a_log_whose_lines_are_one_word_is_no_chat(tmp_path: Path) -> None:
    """A word in capitals behind a time is a name only where something was said below it."""
    log = "".join(f"2031-04-02 07:30:{n:02} {'Started' if n % 2 else 'Stopped'}\n" for n in range(20))
    entries, _ = reader(tmp_path)({"quay.log": log})

    assert entries["quay.log"].kind == "log"


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(
            "[2031-04-02 19:30] Nora: no berth is free\n[2031-04-02 19:31] Ole: looking\nit is the lock\n", id="Signal"
        ),
        pytest.param(
            "2031-04-02 19:30:05 <Nora> no berth is free\n2031-04-02 19:31:05 <@Ole> looking\nit is the lock\n",
            id="IRC",
        ),
    ],
)
def test_chats_of_one_message_a_line(tmp_path: Path, copy: str) -> None:
    """A person's name stands behind the time, in angle brackets or before a colon behind whole minutes."""
    entries, store = reader(tmp_path)({"chat.txt": copy})

    assert store.connection.execute(
        "select strftime(time, '%H:%M'), who, text from events where kind = 'communication' order by line"
    ).fetchall() == [("19:30", "Nora", "no berth is free"), ("19:31", "Ole", "looking\nit is the lock")]
    assert entries["chat.txt"].kind == "messages"

"""What was shared last, read back by whoever shows the run."""

import json

from shared_park import solved

from planner.sharing.share import share
from planner.sharing.tables import document, write
from planner.sharing.told import sharing_of


def test_a_sharing_belongs_to_its_plan(tmp_path):
    out = solved("tiny", tmp_path / "out")
    assert sharing_of(out) is None
    made = share(out, workers=1)
    file = write(made) / "sharing.json"
    assert sharing_of(out) == json.loads(json.dumps(document(made)))
    whole = file.read_text(encoding="utf-8")
    for old, new in (('planner-sharing/1"', 'planner-sharing/0"'), ('"created": "2', '"created": "1')):
        file.write_text(whole.replace(old, new, 1), encoding="utf-8")
        assert sharing_of(out) is None
    file.write_text(whole[:100], encoding="utf-8")
    assert sharing_of(out) is None
    file.write_text("[]", encoding="utf-8")
    assert sharing_of(out) is None

-- All objects of a source, deleted ones too, as a batch whose keys are cut anew.
CREATE OR REPLACE TEMP TABLE batch AS
SELECT row_id, _front AS front, _digits AS digits, _back AS back, _moment AS moment, false AS late
FROM ({cut})

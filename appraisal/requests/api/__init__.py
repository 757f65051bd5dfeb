"""API of the main job on a province's host; `urls` lists its addresses."""

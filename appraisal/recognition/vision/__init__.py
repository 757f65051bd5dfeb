"""Recognition without a database: pictures in, evidence out.

Knows numpy, OpenCV, ONNX and files; no models, no settings. What it says about a picture is a proposal with the
evidence beside it: a person decides.

    extractor = features.extractor(folder)          # once a process; the folder keeps the model made at set-up
    index = Index(folder / "index")                 # on disk; any number of processes may read it
    index.add(photo_id, entry_id, product=..., group=..., features=extractor.extract(image, outline))
    result = recognise.recognise(image, outline=None, scope=Scope(product=...), index=index, extractor=extractor)
"""

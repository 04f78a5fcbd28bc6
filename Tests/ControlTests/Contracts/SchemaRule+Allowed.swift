extension SchemaRule {
    /// What everybody can live with.
    static let allowed = [
        SchemaRule(
            "a form that is referred to",
            ##"{"properties":{"a":{"type":"string","maxLength":3}}}"##,
            ##"{"properties":{"a":{"$ref":"#/$defs/f"}},"$defs":{"f":{"type":"string","maxLength":3}}}"##
        ),
        SchemaRule(
            "a form in its place again, under another description",
            ##"{"items":{"description":"B","$ref":"#/definitions/f"},"definitions":{"f":{"type":"string"}}}"##,
            ##"{"items":{"description":"C","type":"string"}}"##
        ),
        SchemaRule(
            "a reference to a reference",
            ##"{"items":{"$ref":"#/$defs/f"},"$defs":{"f":{"enum":[1,2]}}}"##,
            ##"{"items":{"$ref":"#/$defs/g"},"$defs":{"f":{"enum":[2,1]},"g":{"$ref":"#/$defs/f"}}}"##
        ),
        SchemaRule(
            "a definition with a slash in its name",
            ##"{"items":{"type":"string"}}"##,
            ##"{"items":{"$ref":"#/$defs/a~1b~0c"},"$defs":{"a/b~c":{"type":"string"}}}"##
        ),
        SchemaRule(
            "an element of a list that is referred to",
            ##"{"properties":{"a":{"type":"string"}},"oneOf":[{"type":"string"}]}"##,
            ##"{"properties":{"a":{"$ref":"#/oneOf/0"}},"oneOf":[{"type":"string"}]}"##
        ),
        SchemaRule(
            "a form in a word that is not looked into is referred to",
            ##"{"allOf":[{"type":"string","title":"A"}],"not":{"const":"b"}}"##,
            ##"{"allOf":[{"$ref":"#/$defs/f"}],"not":{"enum":["b"]},"$defs":{"f":{"type":["string"]}}}"##
        ),
        SchemaRule(
            "a form that refers to itself has another name",
            ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}}}}}"##,
            ##"{"$ref":"#/$defs/m","$defs":{"m":{"type":"object","properties":{"n":{"$ref":"#/$defs/m"}}}}}"##
        ),
        SchemaRule(
            "references that lead to each other",
            ##"{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
            ##"{"items":{"$ref":"#/$defs/b"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##
        ),
        SchemaRule("one value", ##"{"const":"a"}"##, ##"{"enum":["a"]}"##),
        SchemaRule("one value of a list of them", ##"{"const":"a"}"##, ##"{"const":"a","enum":["a","b"]}"##),
        SchemaRule("one type", ##"{"type":"string"}"##, ##"{"type":["string"]}"##),
        SchemaRule("types in another order", ##"{"type":["string","null"]}"##, ##"{"type":["null","string"]}"##),
        SchemaRule("elements of any form", ##"{"type":"array"}"##, ##"{"type":"array","items":true}"##),
        SchemaRule("a member of any form", ##"{"properties":{"a":true}}"##, ##"{"properties":{"a":{}}}"##),
        SchemaRule(
            "a member is named, of the type of those that are not",
            ##"{"additionalProperties":{"type":"string"}}"##,
            ##"{"additionalProperties":{"type":"string"},"properties":{"a":{"title":"A","type":"string"}}}"##
        ),
        SchemaRule(
            "a member is named no longer, of the type of those that are not",
            ##"{"additionalProperties":{"type":"string"},"properties":{"a":{"type":"string"}}}"##,
            ##"{"additionalProperties":{"type":"string"}}"##
        ),
        SchemaRule(
            "members whose names are words",
            ##"{"properties":{"title":{"type":"string"},"$defs":{"type":"string"},"const":{"type":"string"}}}"##,
            ##"{"properties":{"title":{"type":"string"},"$defs":{"type":"string"},"const":{"type":["string"]}}}"##
        ),
    ]
}

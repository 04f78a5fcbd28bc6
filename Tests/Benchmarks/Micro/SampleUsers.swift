import JSONCoding
import Messages

/// People as the make-believe WeCom shows them (`wecom.md` §3.6), the same ones each time.
enum SampleUsers {
    private static let families = [("王", "wang"), ("李", "li"), ("张", "zhang"), ("欧阳", "ouyang"), ("陈", "chen")]
    private static let given = [("伟", "wei"), ("秀英", "xiuying"), ("娜", "na"), ("志强", "zhiqiang"), ("敏", "min")]
    private static let positions = ["工程师", "高级工程师", "产品经理", "销售代表", "测试工程师", "行政助理", ""]

    /// A page as the fetcher cuts one.
    static func page(of count: Int) -> UserPage {
        var writer = JSONWriter(reserving: count * 600)
        writer.beginArray()
        for index in 0..<count { write(index, to: &writer) }
        writer.endArray()
        return UserPage(page: 1, users: RawJSON(bytes: writer.bytes))
    }

    private static func write(_ index: Int, to writer: inout JSONWriter) {
        let family = families[index % families.count]
        let first = given[index / families.count % given.count]
        let id = family.1 + first.1 + "\(index)"
        let departments = index % 50 == 7 ? [index % 40 + 1, index % 40 + 41] : [index % 40 + 1]
        writer.beginObject()
        write("userid", id, to: &writer)
        write("name", family.0 + first.0, to: &writer)
        write("department", departments, to: &writer)
        write("order", departments.map { $0 * 1_237 }, to: &writer)
        write("main_department", departments[0], to: &writer)
        write("is_leader_in_dept", departments.map { _ in index % 25 == 0 ? 1 : 0 }, to: &writer)
        writer.key("direct_leader")
        writer.beginArray()
        writer.write("wangwei\(index % 40 * 25)")
        writer.endArray()
        write("isleader", index % 25 == 0 ? 1 : 0, to: &writer)
        write("status", index % 120 == 20 ? 4 : 1, to: &writer)
        write("enable", 1, to: &writer)
        write("hide_mobile", 0, to: &writer)
        writeDetails(index, id, to: &writer)
        writer.endObject()
    }

    private static func writeDetails(_ index: Int, _ id: String, to writer: inout JSONWriter) {
        write("gender", index % 2 == 0 ? "1" : "2", to: &writer)
        write("position", positions[index % positions.count], to: &writer)
        write("mobile", "138\(10_000_000 + index * 7_919)", to: &writer)
        write("email", "\(id)@example.com", to: &writer)
        write("biz_mail", "\(id)@corp.example.cn", to: &writer)
        write("telephone", index % 4 == 0 ? "020-\(80_000_000 + index)" : "", to: &writer)
        write("alias", index % 5 == 0 ? id : "", to: &writer)
        write("avatar", "https://wework.qpic.cn/wwpic3az/\(100_000 + index)_\(200_000 + index)/0", to: &writer)
        write("external_position", "", to: &writer)
        writer.key("extattr")
        writer.beginObject()
        writer.key("attrs")
        writer.beginArray()
        writer.beginObject()
        write("type", 0, to: &writer)
        write("name", "工号", to: &writer)
        writer.key("text")
        writer.beginObject()
        write("value", "E\(100_000 + index)", to: &writer)
        writer.endObject()
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ key: StaticString, _ text: String, to writer: inout JSONWriter) {
        writer.key(key)
        writer.write(text)
    }

    private static func write(_ key: StaticString, _ number: Int, to writer: inout JSONWriter) {
        writer.key(key)
        writer.write(Int64(number))
    }

    private static func write(_ key: StaticString, _ numbers: [Int], to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for number in numbers { writer.write(Int64(number)) }
        writer.endArray()
    }
}

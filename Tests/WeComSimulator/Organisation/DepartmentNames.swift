/// What departments and positions are called.
enum DepartmentNames {
    private static let regions = [
        "华东", "华南", "华北", "西南", "西北", "东北", "华中", "北京", "上海", "深圳", "广州", "成都", "杭州", "武汉", "西安", "海外",
    ]
    private static let functions = [
        "研发", "产品", "销售", "市场", "财务", "人力资源", "法务", "采购", "质量", "运维", "信息安全", "客户服务", "供应链", "行政", "设计", "数据",
    ]
    private static let kinds = ["中心", "一部", "二部", "三部", "四部", "组", "办公室", "事业部", "团队", "项目组"]

    static let positions = [
        "工程师", "高级工程师", "资深工程师", "架构师", "产品经理", "项目经理", "销售代表", "销售经理", "会计", "出纳", "人事专员", "法务专员",
        "采购专员", "测试工程师", "运维工程师", "客户经理", "设计师", "数据分析师", "行政助理", "实习生", "总监", "副总监", "部门经理", "",
    ]

    /// A name that siblings may share; the builder tells them apart.
    static func name(_ source: inout RandomSource, index: Int) -> String {
        switch index % 4001 {
        case 37: return "\(2000 + index % 30)"
        case 41: return String(repeating: source.pick(functions), count: 32).prefix(63) + "部"
        case 43: return source.pick(regions) + "创新🚀实验室"
        case 47:
            return "R&D \"\(source.pick(regions))\" <Labs>"
                .replacing("<", with: "(").replacing(">", with: ")").replacing("\"", with: "'")
        default: return source.pick(regions) + source.pick(functions) + source.pick(kinds)
        }
    }
}

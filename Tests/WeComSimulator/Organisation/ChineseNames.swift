/// Family and given names with their spelling in Latin letters.
enum ChineseNames {
    struct Syllable: Sendable {
        let character: String
        let spelling: String
    }

    static let families = syllables(
        """
        王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu 胡 hu \
        郭 guo 何 he 高 gao 林 lin 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 冯 feng 邓 deng 曹 cao \
        彭 peng 曾 zeng 肖 xiao 田 tian 董 dong 袁 yuan 潘 pan 于 yu 蒋 jiang 蔡 cai 余 yu 杜 du 叶 ye 程 cheng 苏 su \
        魏 wei 吕 lv 丁 ding 任 ren 沈 shen 姚 yao 卢 lu 姜 jiang 崔 cui 钟 zhong 谭 tan 陆 lu 汪 wang 范 fan 金 jin \
        石 shi 廖 liao 贾 jia 夏 xia 韦 wei 付 fu 方 fang 白 bai 邹 zou 孟 meng 熊 xiong 秦 qin 邱 qiu 江 jiang 尹 yin \
        薛 xue 闫 yan 段 duan 雷 lei 侯 hou 龙 long 史 shi 陶 tao 黎 li 贺 he 顾 gu 毛 mao 郝 hao 龚 gong 邵 shao \
        欧阳 ouyang 上官 shangguan 司马 sima 诸葛 zhuge
        """
    )

    static let given = syllables(
        """
        伟 wei 芳 fang 娜 na 敏 min 静 jing 丽 li 强 qiang 磊 lei 军 jun 洋 yang 勇 yong 艳 yan 杰 jie 娟 juan 涛 tao \
        明 ming 超 chao 秀 xiu 霞 xia 平 ping 刚 gang 桂 gui 英 ying 华 hua 玉 yu 兰 lan 红 hong 建 jian 国 guo 文 wen \
        辉 hui 鹏 peng 宇 yu 浩 hao 凯 kai 俊 jun 飞 fei 宁 ning 欣 xin 怡 yi 佳 jia 梦 meng 琪 qi 雪 xue 雨 yu 晨 chen \
        子 zi 轩 xuan 梓 zi 涵 han 浩 hao 然 ran 思 si 远 yuan 嘉 jia 怡 yi 志 zhi 晓 xiao 东 dong 海 hai 波 bo 斌 bin \
        亮 liang 健 jian 龙 long 婷 ting 慧 hui 莹 ying 倩 qian 蕾 lei 薇 wei 颖 ying 琳 lin 璐 lu 媛 yuan 丹 dan 萍 ping
        """
    )

    private static func syllables(_ table: String) -> [Syllable] {
        let words = table.split(separator: " ")
        return stride(from: 0, to: words.count - 1, by: 2).map {
            Syllable(character: String(words[$0]), spelling: String(words[$0 + 1]))
        }
    }
}

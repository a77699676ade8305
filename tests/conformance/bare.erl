%% A gen_server that has no callback but init.
-module(bare).
-export([init/1]).

init(#{as := Name, init := Script}) ->
    words:born(Name),
    acts:told(init, "", undefined),
    case Script of
        #{next := #{continue := Next}} -> {ok, maps:get(state, Script), {continue, Next}};
        _ -> {ok, maps:get(state, Script)}
    end.
